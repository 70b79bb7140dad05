build-os/cmd/pay/test_books.o: cmd/pay/test_books.c cmd/pay/test_books.h \
 cmd/pay/test_cards.h cmd/pay/provider.h lib/souk.h lib/batch.h \
 lib/verb.h lib/record.h lib/arena.h lib/text.h lib/store.h lib/cache.h \
 lib/digest.h lib/error.h lib/money.h lib/order.h lib/rfc3339.h \
 build-os/cmd/pay/test.sql.h
cmd/pay/test_books.h:
cmd/pay/test_cards.h:
cmd/pay/provider.h:
lib/souk.h:
lib/batch.h:
lib/verb.h:
lib/record.h:
lib/arena.h:
lib/text.h:
lib/store.h:
lib/cache.h:
lib/digest.h:
lib/error.h:
lib/money.h:
lib/order.h:
lib/rfc3339.h:
build-os/cmd/pay/test.sql.h:

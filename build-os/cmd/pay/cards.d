build-os/cmd/pay/cards.o: cmd/pay/cards.c cmd/pay/credit_books.h \
 cmd/pay/provider.h lib/souk.h lib/batch.h lib/verb.h lib/record.h \
 lib/arena.h lib/text.h lib/store.h lib/cache.h lib/digest.h lib/error.h \
 lib/money.h lib/order.h lib/rfc3339.h cmd/pay/pay.h
cmd/pay/credit_books.h:
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
cmd/pay/pay.h:

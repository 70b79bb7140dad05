build-os/cmd/receipt/receipt.o: cmd/receipt/receipt.c lib/columns.h \
 lib/text.h cmd/receipt/layout.h lib/money.h lib/priced.h lib/order.h \
 lib/money.h lib/verb.h lib/record.h lib/arena.h lib/store.h lib/souk.h \
 lib/batch.h lib/cache.h lib/digest.h lib/error.h lib/rfc3339.h
lib/columns.h:
lib/text.h:
cmd/receipt/layout.h:
lib/money.h:
lib/priced.h:
lib/order.h:
lib/money.h:
lib/verb.h:
lib/record.h:
lib/arena.h:
lib/store.h:
lib/souk.h:
lib/batch.h:
lib/cache.h:
lib/digest.h:
lib/error.h:
lib/rfc3339.h:

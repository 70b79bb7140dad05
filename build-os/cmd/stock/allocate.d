build-os/cmd/stock/allocate.o: cmd/stock/allocate.c cmd/stock/allocate.h \
 cmd/stock/stock.h lib/souk.h lib/batch.h lib/verb.h lib/record.h \
 lib/arena.h lib/text.h lib/store.h lib/cache.h lib/digest.h lib/error.h \
 lib/money.h lib/order.h lib/rfc3339.h
cmd/stock/allocate.h:
cmd/stock/stock.h:
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

build-os/cmd/order/history.o: cmd/order/history.c cmd/order/event.h \
 cmd/order/order.h lib/souk.h lib/batch.h lib/verb.h lib/record.h \
 lib/arena.h lib/text.h lib/store.h lib/cache.h lib/digest.h lib/error.h \
 lib/money.h lib/order.h lib/rfc3339.h
cmd/order/event.h:
cmd/order/order.h:
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

build-os/cmd/ship/deliver.o: cmd/ship/deliver.c cmd/ship/event.h \
 cmd/ship/ordered.h cmd/ship/ship.h lib/souk.h lib/batch.h lib/verb.h \
 lib/record.h lib/arena.h lib/text.h lib/store.h lib/cache.h lib/digest.h \
 lib/error.h lib/money.h lib/order.h lib/rfc3339.h
cmd/ship/event.h:
cmd/ship/ordered.h:
cmd/ship/ship.h:
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

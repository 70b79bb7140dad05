build-os/cmd/catalog/shelf.o: cmd/catalog/shelf.c cmd/catalog/shelf.h \
 cmd/catalog/catalog.h lib/souk.h lib/batch.h lib/verb.h lib/record.h \
 lib/arena.h lib/text.h lib/store.h lib/cache.h lib/digest.h lib/error.h \
 lib/money.h lib/order.h lib/rfc3339.h
cmd/catalog/shelf.h:
cmd/catalog/catalog.h:
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

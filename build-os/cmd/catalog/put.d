build-os/cmd/catalog/put.o: cmd/catalog/put.c cmd/catalog/index.h \
 cmd/catalog/shelf.h cmd/catalog/catalog.h lib/souk.h lib/batch.h \
 lib/verb.h lib/record.h lib/arena.h lib/text.h lib/store.h lib/cache.h \
 lib/digest.h lib/error.h lib/money.h lib/order.h lib/rfc3339.h \
 cmd/catalog/texts.h
cmd/catalog/index.h:
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
cmd/catalog/texts.h:

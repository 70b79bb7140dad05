build-os/cmd/catalog/texts.o: cmd/catalog/texts.c cmd/catalog/texts.h \
 cmd/catalog/catalog.h lib/souk.h lib/batch.h lib/verb.h lib/record.h \
 lib/arena.h lib/text.h lib/store.h lib/cache.h lib/digest.h lib/error.h \
 lib/money.h lib/order.h lib/rfc3339.h cmd/catalog/fold.h
cmd/catalog/texts.h:
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
cmd/catalog/fold.h:

build-os/cmd/return/return.o: cmd/return/return.c cmd/return/return.h \
 lib/souk.h lib/batch.h lib/verb.h lib/record.h lib/arena.h lib/text.h \
 lib/store.h lib/cache.h lib/digest.h lib/error.h lib/money.h lib/order.h \
 lib/rfc3339.h build-os/cmd/return/schema.sql.h
cmd/return/return.h:
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
build-os/cmd/return/schema.sql.h:

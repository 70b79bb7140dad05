build-os/cmd/tax/tax.o: cmd/tax/tax.c cmd/tax/tax.h lib/souk.h \
 lib/batch.h lib/verb.h lib/record.h lib/arena.h lib/text.h lib/store.h \
 lib/cache.h lib/digest.h lib/error.h lib/money.h lib/order.h \
 lib/rfc3339.h build-os/cmd/tax/schema.sql.h
cmd/tax/tax.h:
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
build-os/cmd/tax/schema.sql.h:

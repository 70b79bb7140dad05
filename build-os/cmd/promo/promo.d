build-os/cmd/promo/promo.o: cmd/promo/promo.c cmd/promo/promo.h \
 lib/souk.h lib/batch.h lib/verb.h lib/record.h lib/arena.h lib/text.h \
 lib/store.h lib/cache.h lib/digest.h lib/error.h lib/money.h lib/order.h \
 lib/rfc3339.h build-os/cmd/promo/schema.sql.h
cmd/promo/promo.h:
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
build-os/cmd/promo/schema.sql.h:

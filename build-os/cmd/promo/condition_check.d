build-os/cmd/promo/condition_check.o: cmd/promo/condition_check.c \
 cmd/promo/condition.h cmd/promo/program.h lib/text.h cmd/promo/promo.h \
 lib/souk.h lib/batch.h lib/verb.h lib/record.h lib/arena.h lib/text.h \
 lib/store.h lib/cache.h lib/digest.h lib/error.h lib/money.h lib/order.h \
 lib/rfc3339.h lib/error.h
cmd/promo/condition.h:
cmd/promo/program.h:
lib/text.h:
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
lib/error.h:

build-os/cmd/price/apply.o: cmd/price/apply.c cmd/price/choice.h \
 cmd/price/price.h lib/souk.h lib/batch.h lib/verb.h lib/record.h \
 lib/arena.h lib/text.h lib/store.h lib/cache.h lib/digest.h lib/error.h \
 lib/money.h lib/order.h lib/rfc3339.h
cmd/price/choice.h:
cmd/price/price.h:
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

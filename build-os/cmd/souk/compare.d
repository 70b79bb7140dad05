build-os/cmd/souk/compare.o: cmd/souk/compare.c cmd/souk/compare.h \
 lib/figures.h lib/order.h lib/money.h lib/text.h lib/verb.h lib/record.h \
 lib/arena.h lib/store.h cmd/souk/souk.h lib/souk.h lib/batch.h \
 lib/cache.h lib/digest.h lib/error.h lib/rfc3339.h lib/progress.h \
 lib/lines.h
cmd/souk/compare.h:
lib/figures.h:
lib/order.h:
lib/money.h:
lib/text.h:
lib/verb.h:
lib/record.h:
lib/arena.h:
lib/store.h:
cmd/souk/souk.h:
lib/souk.h:
lib/batch.h:
lib/cache.h:
lib/digest.h:
lib/error.h:
lib/rfc3339.h:
lib/progress.h:
lib/lines.h:

build-os/cmd/notify/forget.o: cmd/notify/forget.c lib/batch.h lib/verb.h \
 lib/record.h lib/arena.h lib/text.h lib/store.h cmd/notify/notify.h \
 lib/souk.h lib/batch.h lib/cache.h lib/digest.h lib/error.h lib/money.h \
 lib/order.h lib/rfc3339.h
lib/batch.h:
lib/verb.h:
lib/record.h:
lib/arena.h:
lib/text.h:
lib/store.h:
cmd/notify/notify.h:
lib/souk.h:
lib/batch.h:
lib/cache.h:
lib/digest.h:
lib/error.h:
lib/money.h:
lib/order.h:
lib/rfc3339.h:

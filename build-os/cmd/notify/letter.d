build-os/cmd/notify/letter.o: cmd/notify/letter.c lib/columns.h \
 lib/text.h cmd/notify/notify.h lib/souk.h lib/batch.h lib/verb.h \
 lib/record.h lib/arena.h lib/store.h lib/cache.h lib/digest.h \
 lib/error.h lib/money.h lib/order.h lib/rfc3339.h
lib/columns.h:
lib/text.h:
cmd/notify/notify.h:
lib/souk.h:
lib/batch.h:
lib/verb.h:
lib/record.h:
lib/arena.h:
lib/store.h:
lib/cache.h:
lib/digest.h:
lib/error.h:
lib/money.h:
lib/order.h:
lib/rfc3339.h:

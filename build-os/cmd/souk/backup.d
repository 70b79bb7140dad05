build-os/cmd/souk/backup.o: cmd/souk/backup.c cmd/souk/backup.h \
 cmd/souk/souk.h lib/souk.h lib/batch.h lib/verb.h lib/record.h \
 lib/arena.h lib/text.h lib/store.h lib/cache.h lib/digest.h lib/error.h \
 lib/money.h lib/order.h lib/rfc3339.h lib/progress.h
cmd/souk/backup.h:
cmd/souk/souk.h:
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
lib/progress.h:

build-os/cmd/souk/why_books.o: cmd/souk/why_books.c lib/lines.h \
 lib/record.h lib/arena.h lib/text.h cmd/souk/souk.h lib/souk.h \
 lib/batch.h lib/verb.h lib/store.h lib/cache.h lib/digest.h lib/error.h \
 lib/money.h lib/order.h lib/rfc3339.h lib/progress.h cmd/souk/why.h \
 lib/figures.h
lib/lines.h:
lib/record.h:
lib/arena.h:
lib/text.h:
cmd/souk/souk.h:
lib/souk.h:
lib/batch.h:
lib/verb.h:
lib/store.h:
lib/cache.h:
lib/digest.h:
lib/error.h:
lib/money.h:
lib/order.h:
lib/rfc3339.h:
lib/progress.h:
cmd/souk/why.h:
lib/figures.h:

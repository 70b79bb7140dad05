build-os/lib/filter.o: lib/filter.c lib/batch.h lib/verb.h lib/record.h \
 lib/arena.h lib/text.h lib/store.h lib/card.h lib/digest.h lib/error.h \
 lib/progress.h lib/store_if_any.h
lib/batch.h:
lib/verb.h:
lib/record.h:
lib/arena.h:
lib/text.h:
lib/store.h:
lib/card.h:
lib/digest.h:
lib/error.h:
lib/progress.h:
lib/store_if_any.h:

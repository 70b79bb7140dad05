build-os/lib/map.o: lib/map.c lib/map.h lib/batch.h lib/verb.h \
 lib/record.h lib/arena.h lib/text.h lib/store.h lib/error.h \
 lib/progress.h
lib/map.h:
lib/batch.h:
lib/verb.h:
lib/record.h:
lib/arena.h:
lib/text.h:
lib/store.h:
lib/error.h:
lib/progress.h:

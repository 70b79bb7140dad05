build-os/lib/lines.o: lib/lines.c lib/lines.h lib/record.h lib/arena.h \
 lib/text.h lib/batch.h lib/verb.h lib/store.h lib/error.h
lib/lines.h:
lib/record.h:
lib/arena.h:
lib/text.h:
lib/batch.h:
lib/verb.h:
lib/store.h:
lib/error.h:

build-os/lib/input.o: lib/input.c lib/batch.h lib/verb.h lib/record.h \
 lib/arena.h lib/text.h lib/store.h lib/error.h lib/long_line.h
lib/batch.h:
lib/verb.h:
lib/record.h:
lib/arena.h:
lib/text.h:
lib/store.h:
lib/error.h:
lib/long_line.h:

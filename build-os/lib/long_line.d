build-os/lib/long_line.o: lib/long_line.c lib/long_line.h lib/batch.h \
 lib/verb.h lib/record.h lib/arena.h lib/text.h lib/store.h
lib/long_line.h:
lib/batch.h:
lib/verb.h:
lib/record.h:
lib/arena.h:
lib/text.h:
lib/store.h:

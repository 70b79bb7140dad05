build-os/lib/description.o: lib/description.c lib/description.h \
 lib/text.h lib/batch.h lib/verb.h lib/record.h lib/arena.h lib/store.h \
 lib/error.h
lib/description.h:
lib/text.h:
lib/batch.h:
lib/verb.h:
lib/record.h:
lib/arena.h:
lib/store.h:
lib/error.h:

build-os/lib/describe.o: lib/describe.c lib/error.h lib/text.h \
 lib/store_if_any.h lib/store.h lib/verb.h lib/record.h lib/arena.h
lib/error.h:
lib/text.h:
lib/store_if_any.h:
lib/store.h:
lib/verb.h:
lib/record.h:
lib/arena.h:

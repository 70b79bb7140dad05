build-os/lib/verb.o: lib/verb.c lib/verb.h lib/record.h lib/arena.h \
 lib/text.h lib/store.h lib/error.h lib/rfc3339.h lib/store_if_any.h
lib/verb.h:
lib/record.h:
lib/arena.h:
lib/text.h:
lib/store.h:
lib/error.h:
lib/rfc3339.h:
lib/store_if_any.h:

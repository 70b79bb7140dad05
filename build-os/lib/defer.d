build-os/lib/defer.o: lib/defer.c lib/error.h lib/text.h \
 lib/store_sqlite.h lib/store.h
lib/error.h:
lib/text.h:
lib/store_sqlite.h:
lib/store.h:

build-os/lib/scratch.o: lib/scratch.c lib/scratch.h lib/text.h \
 lib/error.h
lib/scratch.h:
lib/text.h:
lib/error.h:

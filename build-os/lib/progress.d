build-os/lib/progress.o: lib/progress.c lib/progress.h
lib/progress.h:

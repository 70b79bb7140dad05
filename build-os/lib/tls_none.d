build-os/lib/tls_none.o: lib/tls_none.c lib/tls.h lib/error.h lib/text.h
lib/tls.h:
lib/error.h:
lib/text.h:

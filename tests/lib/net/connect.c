// Opens COUNT connections to ADDRESS PORT one after the other, reads the answer of each to its end, and says how many
// microseconds they took together. Each is reset in the end, or what waits for its last packets would be met again by a
// later one with the same port. Exit code 1: one of them failed.
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
  struct timespec begin, end;
  char answer[256];
  inet_pton(AF_INET, argv[1], &address.sin_addr);
  clock_gettime(CLOCK_MONOTONIC, &begin);
  for (int count = atoi(argv[3]); count > 0; count--) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address)) return perror("connect"), 1;
    if (read(fd, answer, sizeof answer) <= 0) return perror("read"), 1;
    while (read(fd, answer, sizeof answer) > 0) { }
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
    close(fd);
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("%ld\n", (end.tv_sec - begin.tv_sec) * 1000000 + (end.tv_nsec - begin.tv_nsec) / 1000);
  return 0;
}

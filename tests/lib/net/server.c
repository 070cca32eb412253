// What tasks of the churn test run: answers each connection with its own address and the client's, then closes.
// `server check` asks the one that runs, for its health. SIGTERM ends it once it has answered whom it has accepted.
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static volatile sig_atomic_t ended;

static void end(int signal) { (void)signal; ended = 1; }

static int check(struct sockaddr_in *address) {
  char byte;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  return connect(fd, (struct sockaddr *)address, sizeof *address) == 0 && read(fd, &byte, 1) == 1 ? 0 : 1;
}

int main(int argc, char **argv) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(80)};
  if (argc > 1 && strcmp(argv[1], "check") == 0) {
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return check(&address);
  }
  struct sigaction action = {.sa_handler = end};
  sigaction(SIGTERM, &action, NULL);
  int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 1024)) return 1;
  while (!ended) {
    struct sockaddr_in client, own;
    socklen_t size = sizeof client, ownsize = sizeof own;
    int connection = accept(fd, (struct sockaddr *)&client, &size);
    if (connection < 0) continue;
    char theirs[INET_ADDRSTRLEN], ours[INET_ADDRSTRLEN], line[80];
    getsockname(connection, (struct sockaddr *)&own, &ownsize);
    inet_ntop(AF_INET, &client.sin_addr, theirs, sizeof theirs);
    inet_ntop(AF_INET, &own.sin_addr, ours, sizeof ours);
    int length = snprintf(line, sizeof line, "%s %s\n", ours, theirs);
    if (write(connection, line, length) != length) return 1;
    close(connection);
  }
  return 0;
}

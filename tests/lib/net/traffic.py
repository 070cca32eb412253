"""Opens connections to ADDRESS PORT, RATE a second, for SECONDS; prints a line each: time, own port, answer or error.

Whoever answers says its own address and the one it sees; a connection that is refused, reset or silent for two
seconds has failed.
"""
import socket
import sys
import threading
import time


def attempt(address, port, out, lock):
    began, own, client = time.time(), 0, socket.socket()
    client.settimeout(2)
    try:
        client.bind(("", 0))
        own = client.getsockname()[1]
        client.connect((address, port))
        answer = client.recv(100).decode().strip() or "closed"
    except OSError as error:
        answer = "error " + type(error).__name__
    finally:
        client.close()
    with lock:
        out.write(f"{began:.3f} {own} {answer}\n")


def main():
    address, port, rate, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
    lock, threads = threading.Lock(), []
    began = time.time()
    for n in range(int(rate * seconds)):
        time.sleep(max(0, began + n / rate - time.time()))
        threads = [t for t in threads if t.is_alive()]
        threads.append(threading.Thread(target=attempt, args=(address, port, sys.stdout, lock)))
        threads[-1].start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()

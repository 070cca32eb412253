"""Sends frames from eth0 that are not the container's to send: under another's hardware address, under another's IP
address, and answers to ARP questions that nobody asked. Each carries the word FORGED.

usage: forge.py OWN-IP VICTIM-IP VICTIM-MAC TARGET-IP TARGET-MAC
"""
import socket
import struct
import sys


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def packet(source, target):
    payload = struct.pack("!HHHH", 7777, 7777, 14, 0) + b"FORGED"
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, 0, 64, 17, 0,
                       socket.inet_aton(source), socket.inet_aton(target))
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def arp(hardware, source, target, target_hardware):
    return struct.pack("!HHBBH6s4s6s4s", 1, 0x0800, 6, 4, 2, hardware, socket.inet_aton(source),
                       target_hardware, socket.inet_aton(target)) + b"FORGED"


def main():
    own, victim, victim_mac, target, target_mac = sys.argv[1:6]
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    link.bind(("eth0", 0))
    mine = link.getsockname()[4]
    everyone = b"\xff" * 6
    frames = [
        mac(target_mac) + mac(victim_mac) + b"\x08\x00" + packet(own, target),     # another's hardware address
        mac(target_mac) + mine + b"\x08\x00" + packet(victim, target),             # another's address
        mac(target_mac) + mac(victim_mac) + b"\x08\x00" + packet(victim, target),  # both
        everyone + mine + b"\x08\x06" + arp(mine, victim, target, everyone),       # "I am the victim"
        mac(target_mac) + mac(victim_mac) + b"\x08\x06" + arp(mac(victim_mac), victim, target, mac(target_mac)),
        everyone + mine + b"\x86\xdd" + b"\x60" + bytes(5) + b"\x3b\x40" + bytes(32) + b"FORGED",  # IPv6 of nobody
    ]
    for frame in frames * 5:
        link.send(frame)
    honest = mac(target_mac) + mine + b"\x08\x00" + packet(own, target).replace(b"FORGED", b"HONEST")
    link.send(honest)


if __name__ == "__main__":
    main()

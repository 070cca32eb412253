using System.Net;

namespace Orchestrator.Linux.Netlink;

/// <summary>One direction between two hosts, with its key: a security association of ESP in transport mode.</summary>
/// <param name="Spi">Number that the receiver tells it by; with the destination it is unique.</param>
/// <param name="Owner">Tells whose it is (the kernel's reqid).</param>
public sealed record EspState(IPAddress Source, IPAddress Destination, uint Spi, uint Owner);

/// <summary>What is to leave by which association.</summary>
/// <param name="Port">UDP port that the packets go to.</param>
/// <param name="Mark">Mark that they bear.</param>
/// <param name="Spi">The association they leave by.</param>
public sealed record EspPolicy(IPAddress Source, IPAddress Destination, ushort Port, uint Mark, uint Spi, uint Owner);

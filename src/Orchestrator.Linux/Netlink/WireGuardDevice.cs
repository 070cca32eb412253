using System.Collections.Immutable;
using System.Net;

namespace Orchestrator.Linux.Netlink;

/// <summary>A WireGuard link as the kernel has it.</summary>
/// <param name="PublicKey">Of this side, 32 bytes in base64; empty: it has no key.</param>
public sealed record WireGuardDevice(string PublicKey, int Port, ImmutableArray<WireGuardPeer> Peers);

/// <summary>Another side.</summary>
/// <param name="PublicKey">32 bytes in base64.</param>
/// <param name="Endpoint">Where it is reached.</param>
/// <param name="Allowed">The only address it sends from and is sent to, inside of the tunnel.</param>
public sealed record WireGuardPeer(string PublicKey, IPEndPoint Endpoint, IPAddress Allowed);

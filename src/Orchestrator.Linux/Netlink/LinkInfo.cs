namespace Orchestrator.Linux.Netlink;

/// <summary>A network interface as the kernel lists it.</summary>
/// <param name="Alias">What IFALIAS holds: our mark of ownership. Empty when unset.</param>
/// <param name="Kind"><c>bridge</c>, <c>veth</c>, <c>vxlan</c>, …; empty for hardware.</param>
/// <param name="Master">Index of the bridge it is a port of, 0 for none.</param>
public sealed record LinkInfo(
    int Index, string Name, string Alias, string Kind, int Master, int Mtu, MacAddress? Mac, bool IsUp);

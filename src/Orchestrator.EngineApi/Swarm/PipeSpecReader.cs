using System.Globalization;
using Orchestrator.Model;
using Orchestrator.Network;
using Orchestrator.Network.Pipes;
using Dto = Orchestrator.Api;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>Pipes of a service, and whether its tasks can all have one. Pure.</summary>
internal static class PipeSpecReader
{
    public static PipeSpec Read(Dto.PipeRequest pipe) => new()
    {
        HostInterface = pipe.HostInterface,
        DirectPhys = pipe.DirectPhys,
        Interface = pipe.Interface,
        LocalInterface = pipe.LocalInterface,
        Address = pipe.Address,
        MacAndVlan = pipe.MacAndVlan,
        Family = pipe.Family,
    };

    public static Dto.PipeRequest Write(PipeSpec pipe) => new()
    {
        HostInterface = pipe.HostInterface,
        DirectPhys = pipe.DirectPhys,
        Interface = pipe.Interface,
        LocalInterface = pipe.LocalInterface,
        Address = pipe.Address,
        MacAndVlan = pipe.MacAndVlan,
        Family = pipe.Family,
    };

    /// <exception cref="NetworkException">Words that cannot be.</exception>
    /// <exception cref="UserException">Two tasks would have one address.</exception>
    public static void Check(ServiceSpec service)
    {
        var pipes = service.Task.Pipes;
        foreach (var pipe in pipes)
        {
            var first = PipeWords.Parse(pipe, pipe.AddressOf(1) ?? pipe.Address);
            if (pipe.Range is { Count: > 1 } range)
                CheckSameSubnet(range, NameOf(pipe), first.Address);
            CheckAddresses(pipe, service);
        }

        if (pipes.CountBy(NameOf).FirstOrDefault(name => name.Value > 1) is { Key: { } twice })
            throw SpecFields.Invalid(
                $"two pipes are both {twice} inside the container.", "Name one otherwise: --network type=pipe,name=eth2,…");
    }

    /// <summary>The gateway and each other are neighbours of all of them.</summary>
    private static void CheckSameSubnet(AddressRange range, string name, string first)
    {
        var length = int.Parse(first[(first.IndexOf('/', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);
        if (!range.IsWithin(length))
            throw SpecFields.Invalid(
                $"pipe {name}: {first} and {range.At(range.Count)} are not of one subnet.", "Give a range within one.");
    }

    private static string NameOf(PipeSpec pipe) => pipe.Interface.Length > 0 ? pipe.Interface : "eth1";

    private static void CheckAddresses(PipeSpec pipe, ServiceSpec service)
    {
        if (pipe.Range is not { } range)
            return;
        var tasks = service.Mode is ServiceMode.Replicated { Replicas: var replicas } ? replicas : 1;
        if (service.Mode is ServiceMode.Global && range.Count > 1)
            throw SpecFields.Invalid(
                $"pipe {NameOf(pipe)} has a range of addresses, but tasks of a global service have no slots.", "Use dhcp.");
        if (tasks > range.Count)
            throw SpecFields.Invalid(
                $"pipe {NameOf(pipe)} has {range.Count} address{(range.Count == 1 ? "" : "es")} for {tasks} replicas.",
                "Give a range, as in 10.1.0.10-10.1.0.19/24, or dhcp.");
        if (service.Update?.Order == UpdateOrder.StartFirst || service.Rollback?.Order == UpdateOrder.StartFirst)
            throw SpecFields.Invalid(
                $"pipe {NameOf(pipe)} has a fixed address, which an old and a new task would both have for a while.",
                "Update with stop-first, or use dhcp.");
    }
}

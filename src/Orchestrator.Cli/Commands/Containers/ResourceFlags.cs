using Orchestrator.Api;
using Orchestrator.Cli.Parsing;
using Orchestrator.Cli.Specs;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>Limits of a new container: what can change later, and what cannot.</summary>
internal sealed class ResourceFlags(FlagSet f)
{
    private readonly LimitFlags _limits = new(f);
    private readonly ValueFlag<long?> _kernelMemory = f.Bytes("kernel-memory", null, "Ignored, as by docker");
    private readonly ValueFlag<long?> _oomScoreAdj = f.Int("oom-score-adj", null, "OOM preference, -1000 to 1000");
    private readonly ListFlag _ulimits = f.List(
        "ulimit", null, "Limit of a process, name=soft[:hard]", "ulimit", CheckUlimit);
    private readonly ValueFlag<long?> _shm = f.Bytes("shm-size", null, "Size of /dev/shm");
    private readonly ValueFlag<string> _cgroupParent = f.String("cgroup-parent", null, "Cgroup to be created in");
    private readonly ListFlag _storageOptions = f.List("storage-opt", null, "Option of the layer store, key=value");

    /// <summary>It is given, and does nothing: kernels have had no such limit since 5.18.</summary>
    public bool NamesKernelMemory => _kernelMemory.IsSet;

    public void Apply(HostConfig host)
    {
        _limits.Apply(host);
        host.OomScoreAdj = (int)Math.Clamp(_oomScoreAdj.Value ?? 0, int.MinValue, int.MaxValue);
        host.Ulimits = _ulimits.Values.Count == 0 ? null : [.. _ulimits.Values.Select(UlimitSpec.Parse)];
        host.ShmSize = _shm.Value ?? 0;
        host.CgroupParent = _cgroupParent.Value;
        host.StorageOpt = KeyValues.ToMap(_storageOptions.Values);
    }

    private static string CheckUlimit(string text)
    {
        UlimitSpec.Parse(text);
        return text;
    }
}

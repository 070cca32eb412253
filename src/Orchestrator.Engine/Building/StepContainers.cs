using Orchestrator.Build;
using Orchestrator.Build.Execution;
using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Running;
using Orchestrator.Images;
using Orchestrator.Network;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Engine.Building;

/// <summary>Runs RUN steps of builds in containers that are on no list: no record, no health check, no restart.</summary>
internal sealed class StepContainers(
    IContainerHost host, HostSpecCheck check, NodeNetwork network, RunDirectories directories, ImageService images,
    RemappedMounts mounts, TimeProvider time) : IStepRunner
{
    public async Task<int> RunAsync(
        StepRun run, Func<bool, ReadOnlyMemory<byte>, ValueTask> output, CancellationToken cancellationToken)
    {
        ContainerRecord? record = null;
        try
        {
            record = Describe(mounts.Enter(run));
            var container = await host.CreateAsync(record, cancellationToken);
            await using var streams = await container.AttachAsync(
                null, new AttachOptions(Stdin: false, Stdout: true, Stderr: true), terminal: false, stdinOnce: false,
                cancellationToken);
            await container.StartAsync(cancellationToken);
            await FrameReader.CopyAsync(streams, output, cancellationToken);
            return (await container.WaitAsync(cancellationToken)).ExitCode;
        }
        catch (Exception e) when (record is not null && e is not (OperationCanceledException or BuildException))
        {
            throw new BuildException(StartFailure.Explain(record, e).Message, inner: e);
        }
        finally
        {
            if (record is not null)
                await host.ReleaseAsync(record, CancellationToken.None);
            mounts.Leave(run.Key);
        }
    }

    /// <summary>Ends and removes what builds of an earlier daemon left; none of them goes on.</summary>
    /// <returns>How many steps there were.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var left = directories.Names(StepKey.Prefix);
        foreach (var key in left)
            await host.ReleaseAsync(Describe(new StepRun { Key = key, Arguments = [] }), cancellationToken);
        mounts.Sweep();
        foreach (var key in images.Workshop.Keys(StepKey.Prefix))
            await images.RemoveSnapshotAsync(key, cancellationToken);
        return left.Count;
    }

    private ContainerRecord Describe(StepRun run)
    {
        var (spec, _) = check.Check(new ContainerSpec { Image = "", Host = HostOf(run) });
        return new ContainerRecord
        {
            Id = run.Key,
            Name = run.Key,
            Created = time.GetUtcNow(),
            Spec = spec,
            ImageId = "",
            LogPath = "",
            Process = new ProcessRecord
            {
                Arguments = run.Arguments,
                Environment = WithPath(run.Environment),
                WorkingDirectory = run.WorkingDirectory,
                User = run.User,
            },
            Mounts = [.. run.Mounts.Select(MountOf)],
            Connections = ContainerCreator.Connections(spec, network),
        };
    }

    private static HostSpec HostOf(StepRun run) => new()
    {
        NetworkMode = run.NetworkMode,
        Privileged = run.Privileged,
        ShmSizeBytes = run.Limits.ShmSizeBytes,
        CgroupParent = run.Limits.CgroupParent,
        ExtraHosts = run.Limits.ExtraHosts,
        SecurityOpt = run.Limits.SecurityOpt,
        Ulimits = [.. run.Limits.Ulimits.Select(limit => new UlimitRequest(limit.Name, limit.Soft, limit.Hard))],
        Log = new LogSpec(LogDrivers.None),
        Resources = new ResourceSpec
        {
            MemoryBytes = run.Limits.MemoryBytes,
            MemorySwapBytes = run.Limits.MemorySwapBytes,
            CpuShares = run.Limits.CpuShares,
            CpuPeriodMicroseconds = run.Limits.CpuPeriodMicroseconds,
            CpuQuotaMicroseconds = run.Limits.CpuQuotaMicroseconds,
            CpusetCpus = run.Limits.CpusetCpus,
            CpusetMems = run.Limits.CpusetMems,
        },
    };

    private static IReadOnlyList<string> WithPath(IReadOnlyList<string> environment) =>
        environment.Any(variable => variable.StartsWith("PATH=", StringComparison.Ordinal))
            ? environment : [ContainerDefaults.Path, .. environment];

    private static MountRecord MountOf(StepMount mount) => mount.Source is { } source
        ? new MountRecord(
            "bind", "", source, mount.Target, mount.ReadOnly, "rprivate", "", RecursiveReadOnly: mount.ReadOnly)
        : new MountRecord("tmpfs", "", "", mount.Target, mount.ReadOnly, "", mount.Options);
}

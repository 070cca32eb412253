using System.Globalization;
using Orchestrator.Build.Cache;
using Orchestrator.Build.Copying;
using Orchestrator.Build.Planning;
using Orchestrator.Build.Syntax;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Mounts;

namespace Orchestrator.Build.Execution;

/// <summary>Makes what <c>RUN --mount</c> asks for.</summary>
internal sealed class StepMountPlanner(BuildSession session, StageTable stages, int stage)
{
    private readonly SourceTrees trees = new(session, stages, stage);

    public async Task<IReadOnlyList<PlannedMount>> PlanAsync(StepWork.Run run, CancellationToken cancellationToken)
    {
        var planned = new List<PlannedMount>();
        foreach (var mount in run.Mounts)
            planned.Add(await PlanAsync(mount, run, cancellationToken));
        return planned;
    }

    /// <exception cref="BuildException">A source or secret is not there.</exception>
    public async Task<HeldMounts> MakeAsync(
        StepWork.Run run, IReadOnlyList<PlannedMount> planned, CancellationToken cancellationToken)
    {
        var held = new HeldMounts();
        try
        {
            if (run.Script is { } script)
                AddScript(held, run.ScriptName!, script);
            foreach (var mount in planned)
                await MakeAsync(held, mount, cancellationToken);
            return held;
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    private async Task<PlannedMount> PlanAsync(
        RunMount mount, StepWork.Run run, CancellationToken cancellationToken)
    {
        var from = string.IsNullOrEmpty(mount.From) ? null
            : StagePlanner.Source(mount.From, stage, session.Plan.Dockerfile, default);
        var source = await trees.ResolveAsync(from, cancellationToken);
        var target = UnixPath.Join(run.WorkingDirectory, TargetOf(mount));
        using var key = new CacheKey("mount 1").Add(mount.Type.ToString()).Add(target).Add(mount.Source)
            .Add(mount.Id).Add(mount.Env).Add(mount.ReadOnly.ToString()).Add(source?.Chain?.ToString());
        if (mount.Type == RunMountType.Bind && source is null)
            key.Add(await ContextDigestAsync(mount.Source ?? "", cancellationToken));
        return new PlannedMount(mount, target, key.ToString(), source);
    }

    private static string TargetOf(RunMount mount) => mount switch
    {
        { Target: { Length: > 0 } target } => target,
        { Type: RunMountType.Secret } => $"/run/secrets/{SecretId(mount)}",
        { Type: RunMountType.Ssh } => "/run/buildkit/ssh_agent.0",
        _ => "/",
    };

    private static string SecretId(RunMount mount) => mount.Id is { Length: > 0 } id ? id
        : mount.Source is { Length: > 0 } source ? source : UnixPath.Split(mount.Target ?? "").Name;

    private async Task<string> ContextDigestAsync(string source, CancellationToken cancellationToken)
    {
        using var tree = trees.Open(null);
        var item = new SourceFinder(tree.Root, _ => false, parents: false).Find(source)[0];
        return await TreeCopier.DigestAsync(item, new CopyDress(), cancellationToken);
    }

    private Task MakeAsync(HeldMounts held, PlannedMount mount, CancellationToken cancellationToken)
    {
        switch (mount.Mount.Type)
        {
            case RunMountType.Cache:
                return AddCacheAsync(held, mount, cancellationToken);
            case RunMountType.Tmpfs:
                var size = mount.Mount.SizeBytes > 0
                    ? "size=" + mount.Mount.SizeBytes.ToString(CultureInfo.InvariantCulture) : "";
                held.Mounts.Add(new StepMount(mount.Target, null, ReadOnly: false, size));
                return Task.CompletedTask;
            case RunMountType.Secret:
                AddSecret(held, mount);
                return Task.CompletedTask;
            case RunMountType.Ssh:
                AddAgent(held, mount);
                return Task.CompletedTask;
            default:
                AddBind(held, mount);
                return Task.CompletedTask;
        }
    }

    private async Task AddCacheAsync(HeldMounts held, PlannedMount mount, CancellationToken cancellationToken)
    {
        var id = mount.Mount.Id is { Length: > 0 } named ? named : mount.Target;
        var use = await session.Folders.EnterAsync(
            id, mount.Mount.Sharing, path => FillAsync(path, mount, cancellationToken), cancellationToken);
        held.Undo(use.Dispose);
        session.UsedFolders = true;
        held.Mounts.Add(new StepMount(mount.Target, use.Path, mount.Mount.ReadOnly));
    }

    /// <summary>What a cache folder begins with.</summary>
    private async Task FillAsync(string path, PlannedMount mount, CancellationToken cancellationToken)
    {
        using var folder = DirectoryHandle.Open(path);
        if (mount.From is not null)
        {
            using var tree = trees.Open(mount.From);
            var item = new SourceFinder(tree.Root, _ => false, parents: false).Find(mount.Mount.Source ?? "")[0];
            await TreeCopier.CopyAsync(item, new CopyDress(), folder, "", "", cancellationToken);
        }

        folder.ChangeOwner(".", mount.Mount.Uid ?? 0, mount.Mount.Gid ?? 0);
        folder.ChangeMode(".", mount.Mount.Mode ?? 0x1ED);
    }

    private void AddSecret(HeldMounts held, PlannedMount mount)
    {
        var id = SecretId(mount.Mount);
        if (!session.Request.Secrets.TryGetValue(id, out var content))
        {
            if (mount.Mount.Required)
                throw new BuildException($"secret {id}: not found: give it with --secret id={id},src=FILE");
            return;
        }

        if (mount.Mount.Env is { } variable)
            held.Environment.Add($"{(variable.Length > 0 ? variable : id)}={System.Text.Encoding.UTF8.GetString(content)}");
        if (mount.Mount.Env is not null && string.IsNullOrEmpty(mount.Mount.Target))
            return;
        var path = WriteVolatile(held, content);
        using var folder = DirectoryHandle.Open(Path.GetDirectoryName(path)!);
        folder.ChangeOwner(Path.GetFileName(path), mount.Mount.Uid ?? 0, mount.Mount.Gid ?? 0);
        folder.ChangeMode(Path.GetFileName(path), mount.Mount.Mode ?? 0x100);
        held.Mounts.Add(new StepMount(mount.Target, path, ReadOnly: true));
    }

    private void AddAgent(HeldMounts held, PlannedMount mount)
    {
        var id = mount.Mount.Id is { Length: > 0 } named ? named : "default";
        if (session.Request.SshAgents.TryGetValue(id, out var socket))
        {
            held.Mounts.Add(new StepMount(mount.Target, socket, ReadOnly: false));
            held.Environment.Add($"SSH_AUTH_SOCK={mount.Target}");
        }
        else if (mount.Mount.Required)
        {
            throw new BuildException($"unset ssh forward key {id}: give it with --ssh {id}=SOCKET");
        }
    }

    private void AddScript(HeldMounts held, string name, string text)
    {
        var folder = Path.Combine(session.Volatile, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        held.Undo(() => DirectoryTree.Delete(folder));
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, (UnixFileMode)0x1ED);
        held.Mounts.Add(new StepMount($"{RunScript.Folder}/{name}", path, ReadOnly: true));
    }

    private string WriteVolatile(HeldMounts held, byte[] content)
    {
        var path = Path.Combine(session.Volatile, Guid.NewGuid().ToString("N"));
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        file.Write(content);
        held.Undo(() => File.Delete(path));
        return path;
    }

    /// <summary>Where the runtime can see it; what a step writes there is dropped.</summary>
    private void AddBind(HeldMounts held, PlannedMount mount)
    {
        var layers = mount.From is { } from
            ? session.Workshop.Folders(from.Chain) : [session.Request.Context];
        var root = layers.Length == 1 && mount.Mount.ReadOnly ? layers[0] : MountLayers(held, layers, mount.Mount.ReadOnly);
        using var handle = DirectoryHandle.Open(root);
        var source = ScopedPath.Resolve(handle, mount.Mount.Source ?? "");
        if (!handle.TryStat(source.Length == 0 ? "." : source, out _))
            throw new BuildException($"failed to mount {mount.Mount.Source} on {mount.Target}: there is no such file");
        held.Mounts.Add(new StepMount(mount.Target, Path.Combine(root, source), mount.Mount.ReadOnly));
    }

    private string MountLayers(HeldMounts held, IReadOnlyList<string> layers, bool readOnly)
    {
        var place = Path.Combine(session.Scratch, $"mount-{Guid.NewGuid():N}");
        var (root, upper, work) = (Path.Combine(place, "root"), Path.Combine(place, "upper"), Path.Combine(place, "work"));
        foreach (var folder in (string[])[root, upper, work])
            Directory.CreateDirectory(folder);
        var options = $"lowerdir={string.Join(':', layers)}";
        MountCalls.Mount(
            "overlay", root, "overlay", readOnly ? MountFlags.ReadOnly : MountFlags.None,
            readOnly ? options : $"{options},upperdir={upper},workdir={work}");
        held.Undo(() =>
        {
            MountCalls.TryUnmount(root, detach: true);
            DirectoryTree.Delete(place);
        });
        return root;
    }
}

using Orchestrator.Init;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Mounts;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Plans;

namespace Orchestrator.Runtime.Containers;

/// <summary>What is opened of the host for a container, by whom may open it, and handed to its init by descriptor.
/// </summary>
/// <remarks>Always the namespaces to join: what was checked is what is joined. With a user namespace also the root, the
/// sources of binds and the device nodes: root in there may pass no directory of mode 0700, and make no node.</remarks>
internal sealed class BundleFiles : IDisposable
{
    private readonly List<FileDescriptor> all = [];

    private BundleFiles()
    {
    }

    /// <summary>As init is given them: from <see cref="InitFd.FirstExtra"/> on, with a gap before the first.</summary>
    public FileDescriptor?[] AsExtra() =>
        all.Count == 0 ? [] : [.. new FileDescriptor?[InitFd.FirstOpened - InitFd.FirstExtra], .. all];

    public PlanFiles Numbers { get; private set; } = PlanFiles.None;

    /// <exception cref="RuntimeException">Names the field whose path it is.</exception>
    public static BundleFiles Open(RuntimeSpec spec, string bundle)
    {
        var files = new BundleFiles();
        try
        {
            var linux = spec.Linux ?? new LinuxSpec();
            files.OpenNamespaces(linux);
            var hasUser = NamespacePlan.HasUser(linux);
            if (hasUser)
                files.OpenForUserNamespace(spec, linux, bundle);
            foreach (var (index, mount) in (spec.Mounts ?? []).Index())
            {
                if (MountPlan.IsBind(mount) && !MountOptions.Parse(mount.Options).Remount && (hasUser || IsMapped(mount)))
                    files.OpenSource(mount, index, linux, bundle);
            }

            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        all.ForEach(f => f.Dispose());
        all.Clear();
    }

    private void OpenNamespaces(LinuxSpec linux)
    {
        foreach (var (index, ns) in (linux.Namespaces ?? []).Index().Where(n => NamespacePlan.IsByPath(n.Item)))
        {
            var field = $"linux.namespaces[{index}].path";
            var (file, kind) = Try(field, () => NamespaceFile.Open(ns.Path!));
            var number = Add(file);
            if (kind != NamespacePlan.Kind(ns.Type))
                throw new RuntimeException($"{field}: {ns.Path} is no {ns.Type} namespace; give one of /proc/PID/ns");
            Numbers = Numbers with { Namespaces = Numbers.Namespaces.Add(index, number) };
        }
    }

    private void OpenForUserNamespace(RuntimeSpec spec, LinuxSpec linux, string bundle)
    {
        if (spec.Root is { } root)
        {
            var number = Add(Try("root.path", () => CloneRoot(linux, Path.GetFullPath(root.Path, bundle))));
            Numbers = Numbers with { Root = number };
        }

        var devices = Add(Try("linux.devices", () => DeviceNodes.Make(linux)));
        Numbers = Numbers with { Devices = devices };
    }

    private void OpenSource(MountSpec mount, int index, LinuxSpec linux, string bundle)
    {
        var tree = Try($"mounts[{index}].source", () => CloneSource(MountPlan.Bind(mount, bundle)));
        var number = Add(tree);
        Numbers = Numbers with { Mounts = Numbers.Mounts.Add(index, number) };
        if (!IsMapped(mount))
            return;
        using var owner = Try($"mounts[{index}].uidMappings", () => OwnerOf(mount, linux));
        Try($"mounts[{index}].options: idmap {mount.Source}", () =>
        {
            MountTree.SetAttributes(
                tree, 0, 0, MountFlags.None, MountOptions.Parse(mount.Options).IdMapBelow, userNamespace: owner);
            return 0;
        });
    }

    private static bool IsMapped(MountSpec mount) =>
        mount.UidMappings is { Length: > 0 } || MountOptions.Parse(mount.Options).IdMap;

    /// <summary>The mount's own maps, else the container's.</summary>
    private FileDescriptor OwnerOf(MountSpec mount, LinuxSpec linux)
    {
        if (mount.UidMappings is { Length: > 0 } users)
            return IdMapNamespace.Make(users, mount.GidMappings ?? []);
        var joined = (linux.Namespaces ?? []).Index().FirstOrDefault(n => n.Item.Type == "user").Index;
        return Numbers.Namespaces.TryGetValue(joined, out var number)
            ? all[number - InitFd.FirstOpened].Duplicate()
            : IdMapNamespace.Make(linux.UidMappings ?? [], linux.GidMappings ?? []);
    }

    private static FileDescriptor CloneRoot(LinuxSpec linux, string path)
    {
        var tree = MountTree.Clone(path, recursive: true);
        var propagation = RootPropagation.OfHostMounts(linux);
        MountTree.SetAttributes(tree, 0, 0, propagation, propagation.HasFlag(MountFlags.Recursive));
        return tree;
    }

    private static FileDescriptor CloneSource(PlanEntry bind)
    {
        var recursive = (bind.Flags & PlanFlag.Recursive) != 0;
        var tree = MountTree.Clone(bind.Text2!, recursive);
        MountTree.SetAttributes(tree, bind.A, bind.B, MountFlags.None, recursive: false);
        var propagation = (MountFlags)bind.C;
        MountTree.SetAttributes(
            tree, 0, 0, propagation, recursive && propagation.HasFlag(MountFlags.Recursive));
        return tree;
    }

    private int Add(FileDescriptor file)
    {
        all.Add(file);
        var number = Numbers.Next;
        if (number > InitFd.Last)
            throw new RuntimeException(
                $"mounts: more than {InitFd.Last - InitFd.FirstOpened - 8} have to be opened before; use fewer binds");
        Numbers = Numbers with { Next = number + 1 };
        return number;
    }

    private static T Try<T>(string field, Func<T> open)
    {
        try
        {
            return open();
        }
        catch (LinuxException e)
        {
            throw new RuntimeException($"{field}: {e.Message}");
        }
    }
}

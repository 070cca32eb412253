using Orchestrator.Engine.Volumes;
using Orchestrator.Images;

namespace Orchestrator.Engine.Containers;

/// <summary>Turns all the ways to ask for a mount into one list: one mount a target, parents before children.</summary>
/// <param name="findImage">By name or id; throws for an unknown one.</param>
internal sealed class MountPlanner(VolumeStore volumes, ContainerTable table, Func<string, Image> findImage)
{
    /// <summary>Linux 5.12 can make a whole tree of mounts read-only at once.</summary>
    private static readonly bool CanAllBeReadOnly = Environment.OSVersion.Version >= new Version(5, 12);

    private static readonly string[] Propagations = ["private", "rprivate", "shared", "rshared", "slave", "rslave"];

    /// <summary>Makes missing volumes and, for short binds, missing host directories on the way.</summary>
    /// <param name="imageVolumes">Targets the image wants a volume for.</param>
    public IReadOnlyList<MountRecord> Plan(ContainerSpec spec, IEnumerable<string> imageVolumes)
    {
        var mounts = new Dictionary<string, MountRecord>();
        foreach (var bind in spec.Host.Binds)
            Add(mounts, Bind(bind));
        foreach (var request in spec.Host.Mounts)
            Add(mounts, Long(request));
        foreach (var inherited in spec.Host.VolumesFrom.SelectMany(Of))
            mounts.TryAdd(inherited.Target, inherited); // What the container says itself goes first.
        foreach (var (target, options) in spec.Host.Tmpfs)
            Add(mounts, new MountRecord("tmpfs", "", "", Target(target), false, "", options));
        foreach (var target in spec.Volumes.Concat(imageVolumes).Select(Target).Distinct())
        {
            if (!mounts.ContainsKey(target))
                Add(mounts, Volume("", target, readOnly: false, copy: true, labels: null));
        }

        return [.. mounts.Values.OrderBy(mount => mount.Target.Count(c => c == '/')).ThenBy(mount => mount.Target)];
    }

    /// <summary>Binds and volumes of another container: <c>web</c>, <c>web:ro</c>.</summary>
    private IEnumerable<MountRecord> Of(string source)
    {
        var parts = source.Split(':', 2);
        var mode = parts.Length > 1 ? parts[1] : "";
        if (mode is not ("" or "ro" or "rw" or "z" or "Z"))
            throw EngineException.Invalid($"invalid mode for volumes-from: {mode}");
        var other = table.Find(parts[0]) ?? throw EngineException.Invalid(
            EngineException.NoSuchContainer(parts[0]).Message); // A 404 is a missing image to clients.
        return other.Record.Mounts.Where(mount => mount.Type is "bind" or "volume").Select(mount => mount with
        {
            ReadOnly = mount.ReadOnly || mode == "ro",
            // It stays the other container's to remove.
            Anonymous = false,
        });
    }

    private static void Add(Dictionary<string, MountRecord> mounts, MountRecord mount)
    {
        if (!mounts.TryAdd(mount.Target, mount))
            throw EngineException.Invalid($"Duplicate mount point: {mount.Target}");
    }

    private MountRecord Bind(string bind)
    {
        var parts = bind.Split(':');
        var (source, target, options) = parts.Length switch
        {
            1 => ("", parts[0], ""),
            2 => (parts[0], parts[1], ""),
            3 => (parts[0], parts[1], parts[2]),
            _ => throw EngineException.Invalid($"invalid volume specification: '{bind}'"),
        };
        var flags = options.Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (flags.FirstOrDefault(flag => !IsFlag(flag)) is { } unknown)
            throw EngineException.Invalid(
                $"invalid mode: {unknown}; use ro, rw, nocopy or a propagation such as rslave");
        var readOnly = flags.Contains("ro");
        if (!source.StartsWith('/'))
            return Volume(source, Target(target), readOnly, copy: !flags.Contains("nocopy"), labels: null);

        if (!Path.Exists(source))
            Directory.CreateDirectory(source);
        var propagation = flags.FirstOrDefault(Propagations.Contains) ?? "rprivate";
        return new MountRecord(
            "bind", "", source, Target(target), readOnly, propagation, "",
            RecursiveReadOnly: readOnly && CanAllBeReadOnly);
    }

    private static bool IsFlag(string flag) =>
        flag is "ro" or "rw" or "z" or "Z" or "nocopy" || Propagations.Contains(flag);

    private MountRecord Long(MountRequest request)
    {
        var target = Target(request.Target);
        switch (request.Type)
        {
            case "bind":
                return LongBind(request, target);
            case "volume":
                return LongVolume(request, target);
            case "tmpfs":
                var options = new List<string>();
                if (request.TmpfsSizeBytes > 0)
                    options.Add($"size={request.TmpfsSizeBytes}");
                if (request.Mode > 0)
                    options.Add($"mode={Convert.ToString(request.Mode, 8)}");
                return new MountRecord("tmpfs", "", "", target, request.ReadOnly, "", string.Join(',', options));
            case "image":
                return LongImage(request, target);
            default:
                throw EngineException.Invalid(
                    $"mount type unknown: \"{request.Type}\"; use bind, volume, tmpfs or image");
        }
    }

    private MountRecord LongVolume(MountRequest request, string target)
    {
        if (request.Subpath.Length > 0 && !IsBeneath(request.Subpath))
            throw EngineException.Invalid(
                $"invalid mount config for type \"volume\": subpath \"{request.Subpath}\" must be a relative path "
                + "within the volume");
        var mount = Volume(
            request.Source, target, request.ReadOnly, copy: !request.NoCopy && request.Subpath.Length == 0,
            request.VolumeLabels, request.VolumeOptions);
        return mount with { Subpath = request.Subpath };
    }

    private MountRecord LongImage(MountRequest request, string target)
    {
        if (request.Source.Length == 0)
            throw EngineException.Invalid("invalid mount config for type \"image\": field Source must not be empty");
        if (request.Subpath.Length > 0 && !IsBeneath(request.Subpath))
            throw EngineException.Invalid(
                $"invalid mount config for type \"image\": subpath \"{request.Subpath}\" must be a relative path "
                + "within the image");
        return new MountRecord(
            "image", "", request.Source, target, ReadOnly: true, "rprivate", ImageId(request.Source),
            Subpath: request.Subpath);
    }

    private string ImageId(string reference)
    {
        try
        {
            return findImage(reference).Id.ToString();
        }
        catch (EngineException e) when (e.Error == EngineError.NotFound)
        {
            // A 404 is the container's own image to clients: they would pull that, and try again.
            throw EngineException.Invalid($"{e.Message}; pull it first: orch pull {reference}");
        }
    }

    private static bool IsBeneath(string path) => !path.StartsWith('/') && !path.Split('/').Contains("..");

    private static MountRecord LongBind(MountRequest request, string target)
    {
        if (!request.Source.StartsWith('/'))
            throw EngineException.Invalid(
                "invalid mount config for type \"bind\": invalid mount path: "
                + $"'{request.Source}' mount path must be absolute");
        if (!Path.Exists(request.Source))
        {
            if (!request.CreateSource)
                throw EngineException.Invalid(
                    $"invalid mount config for type \"bind\": bind source path does not exist: {request.Source}");
            Directory.CreateDirectory(request.Source);
        }

        var propagation = request.Propagation.Length > 0 ? request.Propagation : "rprivate";
        if (!Propagations.Contains(propagation))
            throw EngineException.Invalid($"invalid propagation mode: {propagation}");
        if (request is { ReadOnlyForceRecursive: true } && !CanAllBeReadOnly)
            throw EngineException.Invalid(
                $"the bind of {request.Source} cannot be read-only with all mounts below it: that needs Linux 5.12");
        return new MountRecord(
            "bind", "", request.Source, target, request.ReadOnly, propagation, "",
            NonRecursive: request.NonRecursive,
            RecursiveReadOnly: request is { ReadOnly: true, ReadOnlyNonRecursive: false } && CanAllBeReadOnly);
    }

    private MountRecord Volume(
        string name, string target, bool readOnly, bool copy, IReadOnlyDictionary<string, string>? labels,
        IReadOnlyDictionary<string, string>? options = null)
    {
        var volume = volumes.Create(name, labels, options);
        return new MountRecord(
            "volume", volume.Name, volumes.PathOf(volume.Name), target, readOnly, "rprivate", copy ? "" : "nocopy",
            Anonymous: name.Length == 0);
    }

    private static string Target(string target)
    {
        if (!target.StartsWith('/'))
            throw EngineException.Invalid($"invalid mount path: '{target}' mount path must be absolute");
        var clean = Path.GetFullPath(target).TrimEnd('/');
        return clean.Length > 0 ? clean : throw EngineException.Invalid(
            $"invalid specification: destination can't be '/' (asked for '{target}')");
    }
}

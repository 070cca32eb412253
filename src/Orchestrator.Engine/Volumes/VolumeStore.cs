using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestrator.Engine.Events;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Mounts;

namespace Orchestrator.Engine.Volumes;

/// <summary>Local volumes: <c>volumes/NAME/_data</c>, described by the <c>volume.json</c> beside it.</summary>
public sealed partial class VolumeStore
{
    private readonly string root;
    private readonly EventLog events;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<string, VolumeRecord> volumes = new();

    internal VolumeStore(string dataRoot, EventLog events, TimeProvider time)
    {
        this.events = events;
        this.time = time;
        root = Path.Combine(dataRoot, "volumes");
        Directory.CreateDirectory(root);
        foreach (var directory in Directory.EnumerateDirectories(root))
            Load(directory);
    }

    public IReadOnlyList<VolumeRecord> List() =>
        [.. volumes.Values.OrderBy(volume => volume.Name, StringComparer.Ordinal)];

    public VolumeRecord? Find(string name) => volumes.GetValueOrDefault(name);

    public string PathOf(string name) => Path.Combine(root, name, "_data");

    /// <summary>Makes a volume, or returns the one of that name.</summary>
    /// <param name="name">Empty: an anonymous one.</param>
    public VolumeRecord Create(
        string name, IReadOnlyDictionary<string, string>? labels, IReadOnlyDictionary<string, string>? options)
    {
        VolumeDevice.Parse(options ?? new Dictionary<string, string>());
        var anonymous = name.Length == 0;
        if (anonymous)
            name = RandomId.Next();
        else if (!Allowed().IsMatch(name))
            throw EngineException.Invalid(
                $"create {name}: \"{name}\" includes invalid characters for a local volume name, only " +
                "\"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a "
                + "host directory, use absolute path");

        lock (gate)
            return volumes.TryGetValue(name, out var known) ? known : Make(name, labels, options, anonymous);
    }

    /// <param name="users">Ids of containers that mount it.</param>
    public void Remove(string name, IReadOnlyList<string> users, bool force)
    {
        lock (gate)
        {
            if (!volumes.ContainsKey(name))
            {
                if (force)
                    return;
                throw new EngineException(EngineError.NotFound, $"get {name}: no such volume");
            }

            if (users.Count > 0)
                throw EngineException.Conflict($"remove {name}: volume is in use - [{string.Join(", ", users)}]");
            Unmount(name);
            // Without its description it is no volume any more, whatever the deletion of the files leaves behind.
            File.Delete(Path.Combine(root, name, "volume.json"));
            Directory.Delete(Path.Combine(root, name), recursive: true);
            volumes.TryRemove(name, out _);
        }

        events.Publish("volume", "destroy", name, new Dictionary<string, string> { ["driver"] = "local" });
    }

    /// <summary>Takes its device off the volume, if there is one: what is on the device is not ours to delete.
    /// </summary>
    /// <exception cref="EngineException">It cannot be taken off.</exception>
    internal void Unmount(string name)
    {
        var path = PathOf(name);
        if (!MountPointTable.Contains(path))
            return;
        MountCalls.TryUnmount(path, detach: true);
        if (MountPointTable.Contains(path))
            throw EngineException.Conflict($"remove {name}: something is mounted on {path}: umount it first");
    }

    private VolumeRecord Make(
        string name,
        IReadOnlyDictionary<string, string>? labels,
        IReadOnlyDictionary<string, string>? options,
        bool anonymous)
    {
        var all = new Dictionary<string, string>(labels ?? new Dictionary<string, string>());
        if (anonymous)
            all[VolumeRecord.AnonymousLabel] = "";
        var volume = new VolumeRecord(
            name, time.GetUtcNow(), all, options ?? new Dictionary<string, string>(), anonymous);
        Directory.CreateDirectory(PathOf(name));
        DurableFile.Replace(
            Path.Combine(root, name, "volume.json"),
            JsonSerializer.SerializeToUtf8Bytes(volume, EngineJson.Default.VolumeRecord));
        volumes[name] = volume;
        events.Publish("volume", "create", name, new Dictionary<string, string> { ["driver"] = "local" });
        return volume;
    }

    private void Load(string directory)
    {
        var file = Path.Combine(directory, "volume.json");
        if (!File.Exists(file))
        {
            // A crash came between making and describing, or while deleting.
            Unmount(Path.GetFileName(directory));
            Directory.Delete(directory, recursive: true);
            return;
        }

        if (JsonSerializer.Deserialize(File.ReadAllBytes(file), EngineJson.Default.VolumeRecord) is { } volume)
            volumes[volume.Name] = volume;
    }

    [GeneratedRegex("^[a-zA-Z0-9][a-zA-Z0-9_.-]*$")]
    private static partial Regex Allowed();
}

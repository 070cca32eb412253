using System.Text.Json;
using Orchestrator.Linux.Files;

namespace Orchestrator.Engine.Containers;

/// <summary>Container records on disk: <c>containers/ID/config.json</c>, and the log beside it.</summary>
internal sealed class ContainerStore
{
    private const string RecordFile = "config.json";

    private readonly string root;

    public ContainerStore(string dataRoot)
    {
        root = Path.Combine(dataRoot, "containers");
        Directory.CreateDirectory(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string DirectoryOf(string id) => Path.Combine(root, id);

    /// <returns>Empty: what this driver takes in is not kept here.</returns>
    public string LogOf(string id, string driver) => driver switch
    {
        LogDrivers.Local => Path.Combine(root, id, "local-logs", "container.log"),
        LogDrivers.JsonFile or "" => Path.Combine(root, id, $"{id}-json.log"),
        _ => "",
    };

    public void CreateDirectory(string id) => Directory.CreateDirectory(DirectoryOf(id));

    public void Save(ContainerRecord record) => DurableFile.Replace(RecordOf(record), Bytes(record));

    /// <summary>For what is of no use any more once the power was cut.</summary>
    public void SaveForNow(ContainerRecord record) => DurableFile.ReplaceForNow(RecordOf(record), Bytes(record));

    public void Delete(string id)
    {
        var directory = DirectoryOf(id);
        if (!Directory.Exists(directory))
            return;
        // The record goes first: a directory without one is what a crash half-way leaves, and is swept at start-up.
        File.Delete(Path.Combine(directory, RecordFile));
        Directory.Delete(directory, recursive: true);
    }

    private string RecordOf(ContainerRecord record) => Path.Combine(DirectoryOf(record.Id), RecordFile);

    private static byte[] Bytes(ContainerRecord record) =>
        JsonSerializer.SerializeToUtf8Bytes(record, EngineJson.Default.ContainerRecord);

    public IReadOnlyList<string> Ids() =>
        [.. Directory.EnumerateDirectories(root).Select(path => Path.GetFileName(path))];

    public bool Exists(string id) => File.Exists(Path.Combine(DirectoryOf(id), RecordFile));

    /// <returns>Null: the container was never wholly created, or its removal had begun.</returns>
    /// <exception cref="InvalidDataException">There is a record, but not one of ours.</exception>
    public ContainerRecord? Load(string id)
    {
        var path = Path.Combine(DirectoryOf(id), RecordFile);
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), EngineJson.Default.ContainerRecord);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }
}

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orchestrator.Linux.Files;

namespace Orchestrator.Network.Hosting;

/// <summary>A folder of JSON records, one file each, replaced whole.</summary>
/// <param name="durable">Survives a power cut; otherwise only a crash of the process, for what dies with the machine
/// anyway.</param>
internal sealed class RecordFolder<T>(string folder, JsonTypeInfo<T> type, bool durable) where T : class
{
    public IEnumerable<T> Load()
    {
        Directory.CreateDirectory(folder);
        foreach (var unfinished in Directory.GetFiles(folder, "*.tmp"))
            File.Delete(unfinished); // Of a daemon that was killed as it wrote.
        foreach (var path in Directory.GetFiles(folder, "*.json"))
        {
            if (TryRead(path) is { } record)
                yield return record;
        }
    }

    public void Put(string id, T record)
    {
        Directory.CreateDirectory(folder);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(record, type);
        if (durable)
        {
            DurableFile.Replace(PathOf(id), bytes);
            return;
        }

        File.WriteAllBytes(PathOf(id) + ".tmp", bytes);
        File.Move(PathOf(id) + ".tmp", PathOf(id), overwrite: true);
    }

    public void Drop(string id) => File.Delete(PathOf(id));

    private T? TryRead(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type);
        }
        catch (JsonException)
        {
            // Never half-written by us. Kept beside, so that whoever damaged it can be found.
            File.Move(path, path + ".damaged", overwrite: true);
            return null;
        }
    }

    private string PathOf(string id) => Path.Combine(folder, id + ".json");
}

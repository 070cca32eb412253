using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Orchestrator.NetHelper;

/// <summary>One small file per object, replaced whole, so that a helper that was killed comes back with all of
/// them.</summary>
/// <remarks>Not synced to disk: the folder is for what dies with the machine anyway.</remarks>
internal sealed class HelperStore
{
    private readonly string folder;

    public HelperStore(string folder)
    {
        this.folder = folder;
        Directory.CreateDirectory(folder);
    }

    public void Put<T>(string kind, string id, T value, JsonTypeInfo<T> type)
    {
        var path = PathOf(kind, id);
        File.WriteAllBytes(path + ".tmp", JsonSerializer.SerializeToUtf8Bytes(value, type));
        File.Move(path + ".tmp", path, overwrite: true);
    }

    public void Drop(string kind, string id) => File.Delete(PathOf(kind, id));

    public IEnumerable<T> Load<T>(string kind, JsonTypeInfo<T> type) where T : class
    {
        foreach (var path in Directory.GetFiles(folder, $"{kind}-*.json"))
        {
            T? value = null;
            try
            {
                value = JsonSerializer.Deserialize(File.ReadAllBytes(path), type);
            }
            catch (JsonException e)
            {
                HelperLog.Write($"{path} is damaged and left alone: {e.Message}");
            }

            if (value is not null)
                yield return value;
        }
    }

    public void Clear() => Directory.Delete(folder, recursive: true);

    // Ids come from the daemon, which got some of them from users.
    private string PathOf(string kind, string id) =>
        Path.Combine(folder, $"{kind}-{Uri.EscapeDataString(id)}.json");
}

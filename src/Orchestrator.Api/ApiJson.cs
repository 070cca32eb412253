using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Api.Swarm;

namespace Orchestrator.Api;

/// <summary>Reads and writes every body of the API, for the daemon and for the CLI, without reflection.</summary>
/// <remarks>
/// Names are docker's and exact. A null property is left out unless marked otherwise, as Go's omitempty does. Bodies
/// have setters, not init: the generator gives an init property that is absent from the JSON default(T) in place of
/// its initializer. Use <see cref="Wire"/>: it writes <c>&lt;</c> and <c>+</c> as themselves.
/// </remarks>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNameCaseInsensitive = true,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(Dictionary<string, string>))]
// Containers
[JsonSerializable(typeof(CreateContainerRequest))]
[JsonSerializable(typeof(CreateContainerResponse))]
[JsonSerializable(typeof(ContainerSummary[]))]
[JsonSerializable(typeof(ContainerInspect))]
[JsonSerializable(typeof(ContainersPruneReport))]
[JsonSerializable(typeof(ContainerUpdateRequest))]
[JsonSerializable(typeof(ContainerUpdateResponse))]
[JsonSerializable(typeof(FilesystemChange[]))]
[JsonSerializable(typeof(PathStat))]
[JsonSerializable(typeof(WaitResponse))]
[JsonSerializable(typeof(TopResponse))]
[JsonSerializable(typeof(Stats))]
[JsonSerializable(typeof(IdResponse))]
[JsonSerializable(typeof(ExecCreateRequest))]
[JsonSerializable(typeof(ExecStartRequest))]
[JsonSerializable(typeof(ExecInspect))]
// Images
[JsonSerializable(typeof(ImageSummary[]))]
[JsonSerializable(typeof(ImageInspect))]
[JsonSerializable(typeof(ImageHistoryItem[]))]
[JsonSerializable(typeof(ImageDeleteItem[]))]
[JsonSerializable(typeof(ImagesPruneReport))]
[JsonSerializable(typeof(JsonMessage))]
[JsonSerializable(typeof(AuthConfig))]
[JsonSerializable(typeof(AuthResponse))]
[JsonSerializable(typeof(SearchResult[]))]
[JsonSerializable(typeof(DistributionInspect))]
// Networks and volumes
[JsonSerializable(typeof(NetworkResource[]))]
[JsonSerializable(typeof(NetworkCreateRequest))]
[JsonSerializable(typeof(NetworkCreateResponse))]
[JsonSerializable(typeof(NetworkUpdateRequest))]
[JsonSerializable(typeof(NetworkConnectRequest))]
[JsonSerializable(typeof(NetworkDisconnectRequest))]
[JsonSerializable(typeof(NetworksPruneReport))]
[JsonSerializable(typeof(PipeRequest))]
[JsonSerializable(typeof(Pipe[]))]
[JsonSerializable(typeof(KeptCommand[]))]
[JsonSerializable(typeof(NetworkWordsRequest))]
[JsonSerializable(typeof(NetworkWordsResponse))]
[JsonSerializable(typeof(VolumeListResponse))]
[JsonSerializable(typeof(VolumeCreateRequest))]
[JsonSerializable(typeof(VolumesPruneReport))]
// The daemon
[JsonSerializable(typeof(VersionInfo))]
[JsonSerializable(typeof(SystemInfo))]
[JsonSerializable(typeof(EventMessage))]
[JsonSerializable(typeof(DiskUsage))]
[JsonSerializable(typeof(StoreCheck))]
[JsonSerializable(typeof(NetworkDiagnosis))]
[JsonSerializable(typeof(RegistryAccount))]
[JsonSerializable(typeof(RegistryAccount[]))]
[JsonSerializable(typeof(BuildCachePruneReport))]
// The cluster
[JsonSerializable(typeof(SwarmInspect))]
[JsonSerializable(typeof(SwarmInitRequest))]
[JsonSerializable(typeof(SwarmJoinRequest))]
[JsonSerializable(typeof(SwarmUnlockRequest))]
[JsonSerializable(typeof(SwarmUnlockKeyResponse))]
[JsonSerializable(typeof(Node[]))]
[JsonSerializable(typeof(Service[]))]
[JsonSerializable(typeof(ServiceCreateResponse))]
[JsonSerializable(typeof(ServiceUpdateResponse))]
[JsonSerializable(typeof(SwarmTask[]))]
[JsonSerializable(typeof(Secret[]))]
[JsonSerializable(typeof(Config[]))]
[JsonSerializable(typeof(PayloadCreateResponse))]
public sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>The API version these bodies are of.</summary>
    public const string ApiVersion = "1.44";

    /// <summary>The oldest version a client may ask for.</summary>
    public const string MinApiVersion = "1.24";

    /// <summary>The one to use.</summary>
    /// <remarks>
    /// Made on first use: the generator's own statics are initialised in no known order with this file's.
    /// </remarks>
    public static ApiJson Wire => field ??= new(new JsonSerializerOptions(Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

namespace Orchestrator.Model;

/// <summary>A key that overlays are encrypted under by IPsec. Nodes derive from it one for each direction.</summary>
/// <param name="Number">Counts up.</param>
/// <param name="Secret">32 bytes in base64.</param>
/// <param name="IsPrimary">The one that is sent under; all are received under.</param>
public sealed record NetworkKey(int Number, string Secret, DateTimeOffset CreatedAt, bool IsPrimary);

using System.Buffers;
using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    /// <summary>One header: text, or bytes when the key ends in <c>-bin</c>.</summary>
    public sealed class Entry
    {
        private static readonly SearchValues<char> KeyCharacters =
            SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

        private readonly string? _text;
        private readonly byte[]? _bytes;

        public Entry(string key, string value)
        {
            Key = Normalize(key, binary: false);
            if (value.AsSpan().IndexOfAnyExceptInRange(' ', '~') is >= 0 and var at)
                throw new ArgumentException(
                    $"Metadata \"{Key}\" has character 0x{(int)value[at]:x} at {at}; text must be printable ASCII. "
                    + $"Send it as bytes under \"{Key}-bin\".", nameof(value));
            _text = value;
        }

        public Entry(string key, byte[] valueBytes)
        {
            Key = Normalize(key, binary: true);
            _bytes = [.. valueBytes];
        }

        private Entry(string key, string? text, byte[]? bytes)
        {
            Key = key;
            _text = text;
            _bytes = bytes;
        }

        /// <summary>Lower-case.</summary>
        public string Key { get; }

        public bool IsBinary => _bytes is not null;

        /// <exception cref="InvalidOperationException">The entry is binary.</exception>
        public string Value =>
            _text ?? throw new InvalidOperationException($"Metadata \"{Key}\" is binary; read ValueBytes.");

        public byte[] ValueBytes => _bytes is null ? Encoding.ASCII.GetBytes(_text!) : [.. _bytes];

        public override string ToString() => IsBinary ? $"[{Key}: {_bytes!.Length} bytes]" : $"[{Key}: {_text}]";

        /// <summary>An entry as a peer sent it: what it may hold is the peer's affair.</summary>
        internal static Entry Received(string key, string value) => new(key, value, null);

        internal static Entry Received(string key, byte[] value) => new(key, null, value);

        private static string Normalize(string key, bool binary)
        {
            var normalized = key.ToLowerInvariant();
            if (normalized.Length == 0 || normalized.AsSpan().ContainsAnyExcept(KeyCharacters))
                throw new ArgumentException(
                    $"Metadata key \"{key}\" must be letters, digits, '.', '_' and '-'.", nameof(key));
            if (normalized.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal) != binary)
                throw new ArgumentException(
                    $"Metadata key \"{key}\" must {(binary ? "" : "not ")}end in \"-bin\" for this value.",
                    nameof(key));
            return normalized;
        }
    }
}

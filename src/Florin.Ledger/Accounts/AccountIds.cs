using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Florin.Ledger;

internal static class AccountIds
{
    /// <summary>The id of an account: the first 128 bits of SHA-256 over its name, made a UUIDv8 (RFC 9562, section 5.8:
    /// bits of one's own) that carries the shard where every id does.</summary>
    public static LedgerAccountId Of(AccountName name)
    {
        var shard = name.Scope.Shard.Value;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];

        // Shard and scope have fixed forms and the currency three letters, so no two names read alike.
        SHA256.HashData(Encoding.UTF8.GetBytes($"{name.Scope.Shard}|{name.Scope}|{name.Code}|{name.Currency.Code}"), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        BinaryPrimitives.WriteUInt16BigEndian(hash[14..], (ushort)(((hash[14] & 0xF0) << 8) | (ushort)shard));
        return new LedgerAccountId(new Guid(hash[..16], bigEndian: true));
    }
}

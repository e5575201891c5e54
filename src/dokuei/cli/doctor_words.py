"""What ``dokuei gateway doctor`` finds, and what now, in the hospital's language."""

from typing import Final

SUBJECTS: Final = {
    "disk": "ディスク",
    "time server": "時刻同期",
    "PACS": "PACS",
    "HL7": "HL7",
    "enrolment": "登録",
    "certificate": "証明書",
    "DNS": "DNS",
    "port": "ポート",
    "proxy": "プロキシ",
    "TLS": "TLS",
    "clock": "時計",
    "hub": "ハブ",
    "TCP": "TCP",
}

JAPANESE: Final = {
    "": "",
    "{what}": "{what}",
    "{remedy}": "{remedy}",
    "this gateway is not enrolled": "このゲートウェイは登録されていません",
    "dokuei gateway enrol CODE": "dokuei gateway enrol コード",
    "gateway {gateway} of site {site}": "施設 {site} のゲートウェイ {gateway}",
    "{host} does not resolve": "{host} の名前を解決できません",
    "let the DNS server answer for {host}": "DNSサーバーで {host} を引けるようにしてください",
    "{host} is {addresses}": "{host} は {addresses}",
    "see the firewall request below": "下の「ファイアウォール設定のお願い」を参照してください",
    "{address} answers": "{address} に接続できます",
    "{address} answers through {proxy}": "{address} に {proxy} 経由で接続できます",
    "only TLS 1.3 is spoken: no device may take it apart": (
        "TLS 1.3のみで通信します。途中の機器で復号しないでください"
    ),
    "somebody in between answers: the certificate is issued by {issuer}, not by the hub's {hub}": (
        "途中の機器が応答しています。証明書の発行者が {issuer} で、ハブの {hub} ではありません"
    ),
    "exempt {address} from TLS inspection": "{address} をTLS検査の対象から外してください",
    "{version}, the hub's own certificate, nobody in between": "{version}、ハブ自身の証明書、途中の機器なし",
    "it is {now} UTC here, and the hub's certificate is good from {since} to {until}": (
        "この機械の時計は {now} (UTC)、ハブの証明書の有効期間は {since} から {until} です"
    ),
    "let this machine set its clock by NTP; if the clock is right, tell the reading centre": (
        "NTPで時刻を合わせてください。時刻が正しい場合は読影センターに連絡してください"
    ),
    "let this machine set its clock by NTP": "NTPで時刻を合わせてください",
    "ask the reading centre": "読影センターに問い合わせてください",
    "knows this gateway and takes its objects": "このゲートウェイを認識し、オブジェクトを受け付けます",
    "{seconds} s from the hub's: far off; forwarding goes on by the hub's clock": (
        "ハブとの差 {seconds} 秒。大きくずれています（送信はハブの時計で続けます）"
    ),
    "{seconds} s from the hub's": "ハブとの差 {seconds} 秒",
    "expired {days} days ago": "{days}日前に有効期限が切れました",
    "ask for a code: dokuei gateway enrol --again": (
        "コードを受け取って登録し直してください: dokuei gateway enrol --again"
    ),
    "good for {days} days; it renews itself": "あと{days}日有効（自動で更新します）",
    "every order is refused: {name} is empty, and port {port} is open beyond this machine": (
        "依頼をすべて断っています。{name} が空で、ポート {port} はこの機械の外に開いています"
    ),
    "list the hospital's systems in [gateway.hl7] {name}": (
        "[gateway.hl7] {name} に院内システムの名前を書いてください"
    ),
    "{free} GB free: senders are refused": "空き {free} GB。受信を断っています",
    "bbr paces what is sent: lost packets do not slow it down": (
        "送信はbbrで制御されています。パケットが失われても遅くなりません"
    ),
    "{name} paces what is sent: the kernel gives no bbr, lost packets slow it down": (
        "送信は{name}で制御されています。カーネルでbbrが使えないため、パケットが失われると遅くなります"
    ),
    "load the module tcp_bbr, and list bbr in net.ipv4.tcp_allowed_congestion_control": (
        "tcp_bbrモジュールを読み込み、net.ipv4.tcp_allowed_congestion_control に bbr を加えてください"
    ),
    "free space, or give the gateway a larger disk": "空きを増やすか、より大きなディスクを用意してください",
    "{free} GB free": "空き {free} GB",
    "not known: neither chrony nor the kernel says": "不明です（chronyからもカーネルからも分かりません）",
    "none keeps this clock, by {source}": "時刻サーバーに同期していません（{source}）",
    "one keeps this clock, by {source}": "時刻サーバーに同期しています（{source}）",
    "{server} keeps this clock, {seconds} s off, by {source}": "{server} に同期、ずれ {seconds} 秒（{source}）",
    "none is set: signed reports stay at the hub": "設定がありません。署名済みの報告書はハブに残ります",
    "set gateway.pacs: ae_title, host, port": "gateway.pacs に ae_title、host、port を設定してください",
    "{name} at {address} cannot be reached: {why}": "{name}（{address}）に接続できません: {why}",
    "start it, or open the way from this machine to it": ("相手を起動するか、この機械からの通信を許可してください"),
    "{name} at {address} listens, and may not report on an association of its own that it keeps what it took": (
        "{name}（{address}）に接続できますが、別のアソシエーションで保管の結果を報告できません"
    ),
    "list {name} under gateway.peers": "gateway.peers に {name} を加えてください",
    "{name} at {address} listens": "{name}（{address}）に接続できます",
}
